import type { Style } from '../text/style.js'

/** Subjects that a NATS user needs for a job. */
export interface RolePermissions {
  readonly role: 'worker' | 'operator'
  readonly job: string
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** In the form of a server's configuration, to be pasted there. */
export function renderPermissions(all: readonly RolePermissions[], style: Style): string {
  return all
    .map(({ role, job, publish, subscribe }) =>
      [
        '',
        style.bold(
          `Least permissions of ${role === 'worker' ? 'a worker' : 'an operator'} of the job ${job}`,
        ),
        '  permissions {',
        ...listed('publish', publish),
        ...listed('subscribe', subscribe),
        '  }',
        '',
      ].join('\n'),
    )
    .join('')
}

function listed(name: string, subjects: readonly string[]): string[] {
  return [`    ${name}: [`, ...subjects.map((subject) => `      ${JSON.stringify(subject)}`), '    ]']
}
