import type { Answer } from '../http/answer.js'
import { errorAnswer } from '../http/error-answer.js'
import { S3_ERRORS } from '../s3-error-table.js'
import type { FaultAction } from './fault-rule.js'

const HTML = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>proxy</center></body>
</html>
`

const GARBAGE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>sand<Contents><Key>&nokey;</Ke'

interface AnsweredRequest {
  id: string
  rawPath: string
  bucket: string | null
}

/** The answer that an action gives instead of the operation; null when it lets the operation happen. */
export function faultAnswer(action: FaultAction, request: AnsweredRequest): Answer | null {
  switch (action.type) {
    case 'error':
      return storeError(action, request)
    case 'answer':
      return { status: action.status, headers: { ...action.headers }, body: action.body ?? null }
    case 'html':
      return { status: action.status ?? 502, headers: { 'content-type': 'text/html' }, body: HTML }
    case 'garbage-xml':
      return { status: action.status ?? 200, headers: { 'content-type': 'application/xml' }, body: GARBAGE }
    case 'redirect':
      return redirect(action, request)
    case 'error-in-body':
      return action.applied ? null : errorInBody(action, request)
    default:
      return null
  }
}

/** 200 whose body says that it failed. */
export function errorInBody(
  action: FaultAction & { type: 'error-in-body' },
  request: AnsweredRequest,
): Answer {
  const { code = 'InternalError', message } = action
  return { ...errorAnswer({ code, status: 200, message: message ?? messageOf(code) }, request), status: 200 }
}

function storeError(action: FaultAction & { type: 'error' }, request: AnsweredRequest): Answer {
  const { code, message, retryAfterSeconds } = action
  const status = action.status ?? (isKnown(code) ? S3_ERRORS[code][0] : 500)
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return errorAnswer({ code, status, message: message ?? messageOf(code), headers }, request)
}

function redirect(action: FaultAction & { type: 'redirect' }, request: AnsweredRequest): Answer {
  const { region, status = 301, endpoint = `s3.${region}.amazonaws.com` } = action
  const code = status === 301 ? 'PermanentRedirect' : 'TemporaryRedirect'
  return errorAnswer(
    {
      code,
      status,
      message: messageOf('PermanentRedirect'),
      fields: { Endpoint: endpoint, Bucket: request.bucket ?? '' },
      headers: { 'x-amz-bucket-region': region },
    },
    request,
  )
}

function messageOf(code: string): string {
  return isKnown(code) ? S3_ERRORS[code][1] : 'Please try again.'
}

function isKnown(code: string): code is keyof typeof S3_ERRORS {
  return Object.hasOwn(S3_ERRORS, code)
}
