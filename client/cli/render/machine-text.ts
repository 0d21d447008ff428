import { stringify as yamlStringify } from 'yaml';
import type { PlainValue } from './plain.js';

/** A value for machines; ndjson has a line for each of a list. */
export function machineText(output: 'json' | 'yaml' | 'ndjson', value: PlainValue): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(value, null, 2)}\n`;
    case 'yaml':
      return yamlStringify(value, { lineWidth: 0 });
    case 'ndjson':
      return (Array.isArray(value) ? value : [value]).map((each) => `${JSON.stringify(each)}\n`).join('');
  }
}
