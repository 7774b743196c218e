import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = new URL('../..', import.meta.url)
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8')

const cli = 'apps/cli/test/'
const transfer = 'packages/transfer/test/'
const manifest = 'packages/manifest/test/'
const state = 'packages/state-lmdb/test/'

/** How each promise of SECURITY.md begins, and the tests that hold it: a file and the names of tests or groups in it. */
const PROMISES: Record<string, readonly (readonly [file: string, ...names: string[]])[]> = {
  'Credentials are read from': [
    [
      `${cli}secrets.sandbox.test.ts`,
      'after a run full of faults no secret is in any output, file, state, or command line',
      'no command shows a secret, with valid keys, invalid keys, and keys named in a file',
    ],
  ],
  'What a store repeats of a request': [
    [`${transfer}contradictions.sandbox.test.ts`, 'shows no secret that the store shows %s'],
  ],
  'The live page, the metrics and `lagoon ctl` show no secret': [
    [
      `${cli}secrets.sandbox.test.ts`,
      'during a run no secret is in its metrics, live page, title or responses to lagoon ctl',
    ],
  ],
  'A secret in a configuration file': [
    [`${cli}config-errors.test.ts`, 'a secret in the file, as in %j, is refused and not repeated'],
  ],
  'A copy counts as complete only when': [
    [`${transfer}fault-matrix.sandbox.test.ts`, 'survives $name at the $side'],
    [`${transfer}contradictions.sandbox.test.ts`, 'an upload for which the store returns another ETag'],
    [
      `${transfer}verification.store.test.ts`,
      'the MD5 of the bytes read is compared, or only the size is known',
      'strict reads both sides back',
    ],
    [
      `${transfer}own-writes.sandbox.test.ts`,
      'fails and leaves nothing if everything that is stored is wrong',
    ],
  ],
  'An HTML page or another answer': [
    [
      `${transfer}contradictions.sandbox.test.ts`,
      'a page instead of a response',
      'that is a page says nothing about the object',
    ],
    [`${transfer}pages-for-heads.sandbox.test.ts`, 'a page with a success status in response to a HEAD'],
  ],
  'A response that can be read in two ways': [
    [`${transfer}http1-answers.test.ts`, 'an ambiguous or malformed response is refused, in any chunking:'],
  ],
  'Every response has a bound': [
    [
      `${transfer}bounds.sandbox.test.ts`,
      'of interim responses is aborted',
      'of an object that comes byte by byte is aborted',
    ],
  ],
  'A listing that the store cuts short': [
    [`${transfer}listing-ways.sandbox.test.ts`, 'a listing is whole', 'an incomplete listing is an error'],
  ],
  'XML is parsed in one pass': [
    [
      `${transfer}xml.test.ts`,
      'of a megabyte of %s is refused quickly',
      'is parsed like by another parser',
      'has a document type',
    ],
  ],
  'Codes and messages of a store': [
    [
      `${transfer}contradictions.sandbox.test.ts`,
      'has a short message and one of few codes, however long and many those of the store are',
    ],
  ],
  'TLS certificates are verified': [
    [
      `${transfer}tls.sandbox.test.ts`,
      'a refused certificate is reported with a hint',
      'an authority that %s is trusted',
    ],
  ],
  'Object keys can’t send control characters': [
    [
      `${cli}escapes.sandbox.test.ts`,
      'no command sends an escape sequence of a key, a manifest, a bucket or a file to the terminal',
    ],
    [`${cli}terminal.sandbox.test.ts`, 'no key can send escape sequences to the terminal'],
    [`${cli}run-log.test.ts`, 'no key brings a line break or an escape sequence into the log'],
  ],
  'Counts, offsets and sizes in a Parquet footer': [
    [`${manifest}bad-files.test.ts`, 'a malicious footer is refused before it is used:'],
  ],
  'A page that decompresses to more': [
    [
      `${manifest}bad-files.test.ts`,
      'a page that claims to decompress to two gigabytes is refused before decompression',
      'pages that decompress to far more than keys can hold are refused, however small they are',
    ],
  ],
  'A damaged manifest fails by name': [
    [
      `${cli}bad-manifests.sandbox.test.ts`,
      'a manifest that %s fails with its name and a code, the others are copied, exit 3',
    ],
  ],
  'What isn’t a list of keys': [
    [`${manifest}list-dialects.test.ts`, 'other files are refused in one sentence that names them:'],
  ],
  'A symbolic link that another user made': [
    [`${state}damage.sandbox.test.ts`, 'a link of another user is not followed'],
  ],
  'The journal of a state': [
    [
      `${state}journal.sandbox.test.ts`,
      'only its owner can read the journal, and a link in its place is never written through',
    ],
  ],
  'A damaged state is refused': [
    [`${state}damage.sandbox.test.ts`, 'damage inside the state is reported as such, with a way out'],
    [
      `${state}data-file.test.ts`,
      'with a flipped bit in the number or the flags of a tree page is damaged, and intact without',
    ],
    [
      `${state}damaged-pages.sandbox.test.ts`,
      'a state with damaged pages is refused, or read as far as it is intact',
    ],
  ],
  'Only one process writes': [
    [
      `${cli}data-directory.sandbox.test.ts`,
      'a second process on the same data directory is refused with 4 and the holder',
    ],
  ],
  'A data directory of another job': [
    [
      `${cli}data-directory.sandbox.test.ts`,
      'a data directory of another pair of buckets is refused with 2',
      'a data directory of a newer release is refused with 2 by every command, and left unchanged',
    ],
  ],
  'A full disk stops a run': [
    [
      `${cli}full-disk.sandbox.test.ts`,
      'a disk that fills up during a run stops it, and recorded objects are not copied again',
    ],
  ],
  'Compiled code is cached': [
    [`${cli}program.sandbox.test.ts`, 'compiled code is cached in a private directory, or not at all'],
  ],
  '`.env` can’t name a program': [
    [
      `${cli}environment-proxy.test.ts`,
      '.env sets AWS keys and profiles, but nothing that can name a program to run',
      '.env %s is refused by name, and read no further',
    ],
  ],
  'Variables that Kubernetes makes': [
    [`${cli}settings.test.ts`, 'service variables of Kubernetes are not settings, and are not pointed out'],
  ],
  'The live page answers no page of another site': [
    [
      `${cli}metrics.sandbox.test.ts`,
      'a run serves its figures to Prometheus, and nothing to a page of another site',
    ],
    [`${cli}live-page.sandbox.test.ts`, 'the page is one file and loads nothing from elsewhere'],
  ],
  'A proxy’s password': [
    [
      `${cli}environment-proxy.test.ts`,
      'an unusable proxy is refused before the run, without its password: %s',
    ],
  ],
  'NATS URLs that ask for TLS': [
    [
      'packages/jobs/test/nats-security.sandbox.test.ts',
      'a URL that asks for TLS never falls back to plain text',
    ],
  ],
}

const promises = read('SECURITY.md')
  .split('\n- ')
  .slice(1)
  .map((item) => item.split('\n\n')[0]!.replaceAll(/\s+/g, ' ').replaceAll("'", '’'))

it.each(promises)('a test is named for the promise: %s', (promise) => {
  expect(Object.keys(PROMISES).filter((start) => promise.startsWith(start))).toHaveLength(1)
})

it('every named promise is in SECURITY.md', () => {
  const unmade = Object.keys(PROMISES).filter(
    (start) => !promises.some((promise) => promise.startsWith(start)),
  )
  expect(unmade).toEqual([])
})

it.each(Object.entries(PROMISES))('the tests of "%s" exist', (_, tests) => {
  for (const [file, ...names] of tests) {
    const source = read(file)
    const quoted = (name: string): boolean =>
      ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}`))
    expect(names.filter((name) => !quoted(name))).toEqual([])
  }
})
