/** Methods that change nothing on the host, and so can be repeated whatever became of them. */
export const readMethods: readonly string[] = [
  'GetAgent',
  'ListInterfaces',
  'ListRoutes',
  'GetRoute',
  'GetBestRoute',
  'PlanRoutes',
  'GetCommit',
  'ListCommits',
  'WatchRoutes',
];
