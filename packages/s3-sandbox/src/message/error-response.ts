import type { S3Response } from './s3-response.js'

export interface ErrorDescription {
  code: string
  status: number
  message: string
  fields?: Record<string, string | number>
  headers?: Record<string, string>
}

/** An error as S3 writes it: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function errorResponse(error: ErrorDescription, request: { id: string; rawPath: string }): S3Response {
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', ...error.headers },
    body: {
      document: {
        root: 'Error',
        content: {
          Code: error.code,
          Message: error.message,
          ...error.fields,
          Resource: request.rawPath,
          RequestId: request.id,
          HostId: HOST_ID,
        },
        inNamespace: false,
      },
    },
  }
}

/** Sent as `x-amz-id-2` and in error bodies. */
export const HOST_ID = 'c2FuZGJveC1ob3N0LWlk'
