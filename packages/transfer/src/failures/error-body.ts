import { readXml, type XmlElement } from '../protocol/xml.js'

/** What a store says in the body of an error response. */
export interface ErrorBody {
  code: string
  message: string
  /** The bucket's region, if the store names it. */
  region: string
  /** Host to ask instead, if the store names it. */
  endpoint: string
  /**
   * `error`: an S3 document that names a code. `empty`: no body. `other`: anything else, such as a proxy's page or
   * truncated XML.
   */
  kind: 'error' | 'empty' | 'other'
}

/** Reads the few fields of an S3 error document. For any other body, the status has to suffice. */
export function readErrorBody(body: string): ErrorBody {
  const nothing = { code: '', message: '', region: '', endpoint: '' }
  if (/^\s*$/.test(body)) return { ...nothing, kind: 'empty' }
  const error = body.includes('Error') ? errorOf(readXml(body)) : null
  const code = error?.wordOf('Code') ?? ''
  if (error === null || code === '') return { ...nothing, kind: 'other' }
  return {
    code,
    message: error.textOf('Message').trim(),
    region: error.wordOf('Region'),
    endpoint: error.wordOf('Endpoint'),
    kind: 'error',
  }
}

/** The error may be nested in the response's root, or in a list there, as in other AWS services. */
function errorOf(root: XmlElement | null): XmlElement | null {
  if (root === null || root.name === 'Error') return root
  return root.child('Error') ?? root.child('Errors')?.child('Error') ?? null
}
