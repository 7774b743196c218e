/** What IAM calls what a run needs (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html). */
export type Permission =
  | 's3:ListBucket'
  | 's3:GetObject'
  | 's3:GetObjectTagging'
  | 's3:PutObject'
  | 's3:PutObjectTagging'
  | 's3:DeleteObject'
  | 's3:AbortMultipartUpload'

/** The policy statement that grants it, to be added to the policy of the key. */
export function policyStatement(permission: Permission, bucket: string): string {
  const resource = permission === 's3:ListBucket' ? bucket : `${bucket}/*`
  return JSON.stringify({ Effect: 'Allow', Action: permission, Resource: `arn:aws:s3:::${resource}` })
}

/** What to do about an error of a store, `permission` being what the operation needed. */
export function fixFor(code: string, permission: Permission, bucket: string): string {
  switch (code) {
    case 'AccessDenied':
    case 'Forbidden':
    case '403':
      return `Add to the policy of the key: ${policyStatement(permission, bucket)}`
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'InvalidToken':
      return 'Check the access key, its secret and, for temporary keys, the session token.'
    case 'CredentialsProviderError':
      return "Set the access key and the secret, or what AWS's default chain reads (AWS_PROFILE …)."
    case 'RequestTimeTooSkewed':
      return "Set this machine's clock."
    case 'NoSuchBucket':
    case 'NotFound':
      return `Create the bucket ${bucket}, or correct its name or the endpoint.`
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return 'Set the region that the bucket is in.'
    case 'NotImplemented':
    case 'MethodNotAllowed':
      return 'The store does not offer this; a run does without it where it can.'
    default:
      return "See what the store's documentation says of this code."
  }
}
