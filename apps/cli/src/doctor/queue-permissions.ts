import { operatorPermissions, workerPermissions } from '@lagoon/jobs/nats'
import type { RolePermissions } from './render-permissions.js'

/** The least that suffices; `JOB` stands for the name where none is known. */
export function permissionsOf(job = 'JOB'): RolePermissions[] {
  return [
    { role: 'worker', job, ...workerPermissions(job) },
    { role: 'operator', job, ...operatorPermissions(job) },
  ]
}
