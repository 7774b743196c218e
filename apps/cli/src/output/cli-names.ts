/** What an option of our libraries is called on the command line. */
const names: Readonly<Record<string, string>> = {
  caFile: '--queue-ca-file',
  certFile: '--queue-cert-file',
  certificateAuthority: '…_CA_FILE',
  column: '--manifest-column',
  credsFile: '--queue-creds',
  directory: '--data-dir',
  exportJob: '`lagoon job export`',
  keyFile: '--queue-key-file',
  manifestColumn: '--manifest-column',
  manifestPrefix: '--manifest-prefix',
  manifests: '--manifest',
  nkeySeed: 'LAGOON_QUEUE_NKEY_SEED',
  moveState: '`lagoon state move`',
  openKeyList: '--manifest',
  overwrite: '--overwrite',
  servers: '--queue',
}

/** What only the command line can do about a trouble, by its code. */
const more: Readonly<Record<string, string>> = {
  LAGOON_JOBS_NO_SUCH_JOB: 'To see all jobs of the queue, run `lagoon job list`; choose one with --job.',
  LAGOON_JOBS_PERMISSION_DENIED:
    '`lagoon doctor --queue` prints all subjects that a worker and an operator need.',
  LAGOON_SYNC_NO_MANIFEST:
    'Or write manifests with `lagoon manifest create --upload`, or copy without any: `lagoon s3://SOURCE s3://DESTINATION`.',
}

interface Described {
  readonly code?: string
  readonly message?: string
  readonly hint?: string
}

/** What a library says, in the words of the command line: an option in backticks is the flag or variable that stands for it. */
export function inCliWords<T extends object>(described: T): T {
  const { code = '', message, hint } = described as Described
  const advice = [hint === undefined ? '' : translate(hint), more[code] ?? ''].filter(Boolean).join(' ')
  return {
    ...described,
    ...(message === undefined ? {} : { message: translate(message) }),
    ...(advice === '' ? {} : { hint: advice }),
  }
}

function translate(text: string): string {
  return text.replaceAll(/(?:(?:the )?option )?`(\w+)`/g, (whole, option: string) => names[option] ?? whole)
}
