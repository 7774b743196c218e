import type { XmlElement } from '../s3/xml.js'
import type { ResponseHeaders } from '../s3/object-headers.js'
import { addChecksumHeader, CHECKSUM_ALGORITHMS, type Checksums } from './stored-checksums.js'

/** The checksums of a whole object that an answer's headers say. */
export function checksumsOfHeaders(headers: ResponseHeaders): Checksums {
  const checksums: Checksums = {}
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') addChecksumHeader(checksums, name, value)
  }
  return checksums
}

/** The same of the answer to CompleteMultipartUpload or CopyObject. */
export function checksumsOfXml(document: XmlElement): Checksums {
  const checksums: Checksums = {}
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = document.wordOf(`Checksum${algorithm.toUpperCase()}`)
    if (value !== '' && !value.includes('-')) checksums[algorithm] = value
  }
  return checksums
}
