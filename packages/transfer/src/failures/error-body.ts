import { readXml, type XmlElement } from '../s3/xml.js'

/** What a store says in the body of an error answer. */
export interface ErrorBody {
  code: string
  message: string
  /** The bucket's region, where the store names it. */
  region: string
  /** `error`: a document of S3 that names a code. `empty`: no body. `other`: anything else, such as a proxy's page or cut XML. */
  kind: 'error' | 'empty' | 'other'
}

/** Reads the few fields of an S3 error document. Whatever else a body is, the status has to speak for itself. */
export function readErrorBody(body: string): ErrorBody {
  const nothing = { code: '', message: '', region: '' }
  if (/^\s*$/.test(body)) return { ...nothing, kind: 'empty' }
  const error = body.includes('Error') ? errorOf(readXml(body)) : null
  const code = error?.wordOf('Code') ?? ''
  if (error === null || code === '') return { ...nothing, kind: 'other' }
  return { code, message: error.textOf('Message').trim(), region: error.wordOf('Region'), kind: 'error' }
}

/** The error may stand in an answer's root, as in those of other services of AWS. */
function errorOf(root: XmlElement | null): XmlElement | null {
  return root?.name === 'Error' ? root : (root?.child('Error') ?? null)
}
