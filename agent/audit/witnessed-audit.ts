import type { AuditEntry, AuditLog } from './audit.js';

/** An audit log of which somebody else is told as well, also of what it cannot keep. */
export function witnessedAudit(audit: AuditLog, witness: (entry: AuditEntry) => void): AuditLog {
  return {
    write(entry, options) {
      witness(entry);
      return audit.write(entry, options);
    },
    check: () => audit.check(),
    close: () => audit.close(),
  };
}
