import { closeSync, openSync, readFileSync } from 'node:fs'
import { StateError } from '../errors.js'

/** Address space that has to stay free beside the map. */
const SPARE_BYTES = 256 * 2 ** 20
/** Files that opening the state takes, and a few spare ones. */
const DESCRIPTORS = 8

/**
 * Checks the limits that would make LMDB crash: a map that does not fit into the address space, and files that can't be opened.
 *
 * @throws StateError `LAGOON_STATE_LIMIT`
 */
export function checkLimits(mapBytes: number): void {
  checkAddressSpace(mapBytes)
  checkDescriptors()
}

function checkAddressSpace(mapBytes: number): void {
  const limit = /^Max address space\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1]
  const used = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status'))?.[1]
  if (limit === undefined || used === undefined) return
  const free = Number(limit) - Number(used) * 1024
  if (free >= mapBytes + SPARE_BYTES) return
  throw new StateError(
    'LAGOON_STATE_LIMIT',
    `the state needs ${gib(mapBytes)} of address space, and the limit of this process leaves ${gib(Math.max(0, free))}`,
    'Raise the limit: `ulimit -v unlimited`, or LimitAS=infinity for systemd. Address space is not memory.',
  )
}

function checkDescriptors(): void {
  const opened: number[] = []
  try {
    for (let i = 0; i < DESCRIPTORS; i++) opened.push(openSync('/dev/null', 'r'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EMFILE' && code !== 'ENFILE') return
    throw new StateError(
      'LAGOON_STATE_LIMIT',
      `this process may open only ${opened.length} more files, and the state needs ${DESCRIPTORS}`,
      'Raise the limit: `ulimit -n 65536`, or LimitNOFILE=65536 for systemd.',
      { cause: error },
    )
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

/** Empty if there is no such file, as on systems without /proc. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
