import { createManifestWriter, type ManifestRow, type ManifestWriter } from '@lagoon/manifest'
import type { ListedObject } from '@lagoon/transfer'
import { basename } from 'node:path'
import type { ListedManifest } from './checkpoint.js'

/** Maximum rows of a manifest: where it ends is decided between two pages. */
const UNBOUNDED_ROWS = 100_000_000

/** A manifest of a listing while it is written. */
export class ListedFile {
  rows = 0
  readonly #number: number
  readonly #writer: ManifestWriter

  private constructor(number: number, writer: ManifestWriter) {
    this.#number = number
    this.#writer = writer
  }

  /** Begins the manifest with this number. `bucket`: the one that is listed. */
  static async begin(directory: string, bucket: string, number: number): Promise<ListedFile> {
    const writer = await createManifestWriter({
      directory,
      name: 'objects',
      firstNumber: number,
      rowsPerFile: UNBOUNDED_ROWS,
      unusableKeys: 'write',
      bucket,
    })
    return new ListedFile(number, writer)
  }

  async write(page: readonly ListedObject[]): Promise<void> {
    for (const object of page) this.#writer.write(rowOf(object))
    this.rows += page.length
    await this.#writer.idle()
  }

  /** Makes it whole and durable. */
  async finish(): Promise<ListedManifest> {
    const [written] = await this.#writer.close()
    return { number: this.#number, file: basename(written!.path), rows: this.rows }
  }
}

function rowOf({ key, sizeBytes: size, etag, lastModified }: ListedObject): ManifestRow {
  return {
    key,
    ...(Number.isNaN(size) ? {} : { size }),
    ...(etag === '' ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  }
}
