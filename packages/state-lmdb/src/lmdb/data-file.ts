import { closeSync, openSync } from 'node:fs'
import { corrupt } from '../errors.js'
import { checkTrees } from './check-trees.js'
import { countFreePages } from './free-pages.js'
import { LmdbFile, PAGE_BYTES, type Meta } from './file.js'

/** A writer may change the file during the check: how often it is read again. */
const MAX_READS = 10

/**
 * Checks a data file before LMDB maps it: on a file that is not one, or is truncated, LMDB reads beyond the end and the process dies.
 * Throws `LAGOON_STATE_CORRUPT`. A missing or empty file is fine.
 */
export function checkDataFile(path: string, directory: string): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    const file = new LmdbFile(descriptor)
    if (file.sizeBytes > 0) checkPages(file, directory)
  } finally {
    closeSync(descriptor)
  }
}

function checkPages(file: LmdbFile, directory: string): void {
  let before: number | null = null
  for (let read = 0; read < MAX_READS; read++) {
    if (file.sizeBytes < PAGE_BYTES * 2)
      throw corrupt(directory, `state.mdb has only ${file.sizeBytes} bytes`)
    const meta = file.meta()
    if (meta === null) throw corrupt(directory, 'state.mdb is not an LMDB data file')
    const damage = damageOf(file, meta)
    if (damage === null) return
    if (before === meta.transaction) throw corrupt(directory, `state.mdb ${damage}`)
    before = meta.transaction
  }
  // A writer that commits all the time is at work: what it writes, it can read.
}

/** What is wrong with the file as its metadata describe it; null for nothing. */
function damageOf(file: LmdbFile, meta: Meta): string | null {
  const expected = (meta.lastPage + 1) * PAGE_BYTES
  if (!isWhole(file, meta)) return `was truncated: ${file.sizeBytes} bytes of up to ${expected}`
  try {
    checkTrees(file, meta)
    return null
  } catch (error) {
    if (error instanceof RangeError) return `is inconsistent: ${error.message}`
    throw error
  }
}

/** The file may end before the last page where every page beyond its end is free. */
function isWhole(file: LmdbFile, meta: Meta): boolean {
  const { freeRoot, lastPage } = meta
  const pages = Math.floor(file.sizeBytes / PAGE_BYTES)
  const missing = lastPage + 1 - pages
  if (missing <= 0) return true
  if (freeRoot === null) return false
  try {
    return countFreePages(file, meta, pages, lastPage) === missing
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
