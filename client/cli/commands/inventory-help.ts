/** What an inventory looks like. */
export const inventoryHelp = `
An inventory (paths are relative to it; what stands nearer to a host wins, and of two groups the later one):
  defaults:
    timeout: 10s             # and port: 7420
    tls: { ca: ca.pem, certificate: controller.pem, key: controller-key.pem }
  groups:
    ams: { labels: { site: ams } }   # also port, timeout, tls, and hosts: [web1]
  hosts:
    web1: { address: web1.example.net, groups: [ams], labels: { role: web } }
    db1:                     # its name is its address

The whole file, or the value of "hosts", may be printed by a command, as JSON or YAML; it runs in the directory of the file, without a shell:
  !exec [python3, inventory.py, --site, ams]
`;
