import type { ScaleResult } from '../commands/scale.js'
import { bytes, milliseconds, number, times } from '../format.js'
import type { TableData } from '../run/tables.js'
import type { ListingResult } from './measure-listing.js'
import type { SizeResult } from './measure-size.js'

/** Every figure a line, every size a column. */
function sizeTable(sizes: readonly SizeResult[]): TableData {
  const line = (title: string, target: string, cell: (size: SizeResult) => string): string[] => [
    title,
    target,
    ...sizes.map(cell),
  ]
  return {
    header: ['', 'target', ...sizes.map(({ keys }) => `${number(keys)} keys`)],
    rows: [
      line('state on disk, a key', '≤ 24 B', ({ bytesPerKey }) => `${number(bytesPerKey)} B`),
      line('recorded a second', '≥ 300,000', (size) => number(size.recorded.perSecond)),
      line('  a second of processor time', '', (size) => number(size.recorded.perCpuSecond)),
      line('  peak memory', '', (size) => bytes(size.recordMemoryBytes)),
      line('looked up a second', '≥ 1,000,000', (size) => number(size.lookedUp.perSecond)),
      line('  a second of processor time', '', (size) => number(size.lookedUp.perCpuSecond)),
      line('  peak memory, pages of the file in it', '', (size) => bytes(size.lookUpMemoryBytes)),
      line('run over finished manifests', '≤ 500 ms at 10⁶', (size) => milliseconds(size.finishedRunMs)),
      line('  processor time', '', (size) => milliseconds(size.finishedRunCpuMs)),
      line('  beside `node -e 0`', '', (size) => times(size.finishedRunMs / size.nodeMs)),
      line('  peak memory', '', (size) => bytes(size.finishedRunMemoryBytes)),
      line('manifests, files', '', ({ manifests }) => number(manifests.files)),
      line('manifests, bytes', '', ({ manifests }) => bytes(manifests.bytes)),
      line('keys read a second', '≥ 1,500,000', (size) => number(size.read.perSecond)),
      line('  a second of processor time', '', (size) => number(size.read.perCpuSecond)),
      line('  peak memory', '≤ 250 MB', (size) => bytes(size.readMemoryBytes)),
      line('dry run, half complete', '≤ 20 s at 10⁷', (size) => milliseconds(size.dryRunMs)),
      line('  processor time', '', (size) => milliseconds(size.dryRunCpuMs)),
      line('  peak memory', '', (size) => bytes(size.dryRunMemoryBytes)),
    ],
  }
}

/** Listings of the product beside a bare loop. */
function listingTable({ objects, barePerSecond, created }: ListingResult): TableData {
  return {
    header: [`listing of ${number(objects)} objects`, 'objects a second', 'beside the loop', 'peak memory'],
    rows: [
      ['loop of ListObjectsV2', number(barePerSecond), times(1), ''],
      ...created.map(({ listings, order, perSecond, peakMemoryBytes }) => [
        `manifest create, ${listings} at once${order === 'sorted' ? ', sorted' : ''}`,
        number(perSecond),
        times(perSecond / barePerSecond),
        bytes(peakMemoryBytes),
      ]),
    ],
  }
}

/** Those of a result. */
export function scaleTables({ sizes, listing }: Pick<ScaleResult, 'sizes' | 'listing'>): TableData[] {
  return [...(sizes.length > 0 ? [sizeTable(sizes)] : []), ...(listing ? [listingTable(listing)] : [])]
}
