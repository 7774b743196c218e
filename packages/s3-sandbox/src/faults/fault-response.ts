import { STATUS_CODES } from 'node:http'
import { isDocumentBody, type S3Response } from '../message/s3-response.js'
import { errorResponse } from '../message/error-response.js'
import { S3_ERRORS } from '../s3/s3-error-table.js'
import type { RequestRecord } from '../log/request-record.js'
import type { FaultAction, FaultText } from './fault-rule.js'

/** An error page like nginx's. */
function page(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  return `<html>
<head><title>${title}</title></head>
<body><center><h1>${title}</h1></center><hr><center>proxy</center></body>
</html>
`
}

const GARBAGE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>sand<Contents><Key>&nokey;</Ke'

/** The response of an action instead of the operation's; null if it has none. */
export function faultResponse(action: FaultAction, request: RequestRecord): S3Response | null {
  switch (action.type) {
    case 'error':
      return storeError(action, request)
    case 'answer':
      return { status: action.status, headers: lowerCased(action.headers), body: action.body ?? null }
    case 'html':
      return html(action)
    case 'garbage-xml':
      return { status: action.status ?? 200, headers: { 'content-type': 'application/xml' }, body: GARBAGE }
    case 'redirect':
      return redirect(action, request)
    case 'error-in-body':
      return errorInBody(action, request)
    default:
      return null
  }
}

/** Whether the operation takes effect before its response is replaced. */
export function isApplied(action: FaultAction): boolean {
  return 'applied' in action && action.applied === true
}

/** The error code of an action, for the log. */
export function codeOf(answer: S3Response): string | null {
  return isDocumentBody(answer.body) ? String(answer.body.document.content['Code']) : null
}

function html({ status = 502, headers }: FaultAction & { type: 'html' }): S3Response {
  return { status, headers: { 'content-type': 'text/html', ...lowerCased(headers) }, body: page(status) }
}

/** 200 with an error in its body. */
function errorInBody(action: FaultAction & { type: 'error-in-body' }, request: RequestRecord): S3Response {
  const { code = 'InternalError', message } = action
  return errorResponse({ code, status: 200, message: message ?? messageOf(code) }, asked(request))
}

function storeError(action: FaultAction & { type: 'error' }, request: RequestRecord): S3Response {
  const { retryAfterSeconds } = action
  const code = textOf(action.code, request)
  const message = action.message === undefined ? messageOf(code) : textOf(action.message, request)
  const status = action.status ?? (isKnown(code) ? S3_ERRORS[code][0] : 500)
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return errorResponse({ code, status, message, headers }, asked(request))
}

function redirect(action: FaultAction & { type: 'redirect' }, request: RequestRecord): S3Response {
  const { region, status = 301, endpoint = `s3.${region}.amazonaws.com` } = action
  const code = status === 301 ? 'PermanentRedirect' : 'TemporaryRedirect'
  return errorResponse(
    {
      code,
      status,
      message: messageOf('PermanentRedirect'),
      fields: { Endpoint: endpoint, Bucket: request.bucket ?? '' },
      headers: { 'x-amz-bucket-region': region },
    },
    asked(request),
  )
}

function messageOf(code: string): string {
  return isKnown(code) ? S3_ERRORS[code][1] : 'Please try again.'
}

function isKnown(code: string): code is keyof typeof S3_ERRORS {
  return Object.hasOwn(S3_ERRORS, code)
}

function textOf(text: FaultText, request: RequestRecord): string {
  return typeof text === 'string' ? text : text(request)
}

function asked({ id, target }: RequestRecord): { id: string; rawPath: string } {
  return { id, rawPath: target.split('?', 1)[0]! }
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
