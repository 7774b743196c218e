import type { Side } from '../options/store-address.js'
import type { EndpointSetting } from '../options/variables.js'

/** What IAM calls what a run needs (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html). */
export type Permission =
  | 's3:ListBucket'
  | 's3:GetObject'
  | 's3:GetObjectTagging'
  | 's3:PutObject'
  | 's3:PutObjectTagging'
  | 's3:DeleteObject'
  | 's3:AbortMultipartUpload'
  | 's3:ListMultipartUploadParts'

/** The policy statement that grants it, to be added to the policy of the key. */
function policyStatement(permission: Permission, bucket: string): string {
  const resource = permission === 's3:ListBucket' ? bucket : `${bucket}/*`
  return JSON.stringify({ Effect: 'Allow', Action: permission, Resource: `arn:aws:s3:::${resource}` })
}

/** What to do about an error of the store on one side, `permission` being what the operation needed. */
export function fixFor(code: string, permission: Permission, bucket: string, side: Side): string {
  const variable = (name: EndpointSetting) => `LAGOON_${side.toUpperCase()}_${name}`
  switch (code) {
    case 'AccessDenied':
    case 'Forbidden':
    case '403':
      return `Add to the policy of these credentials: ${policyStatement(permission, bucket)}`
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return `Check ${variable('ACCESS_KEY_ID')} and ${variable('SECRET_ACCESS_KEY')}.`
    case 'ExpiredToken':
    case 'InvalidToken':
      return `Set new temporary credentials, including ${variable('SESSION_TOKEN')}.`
    case 'CredentialsProviderError':
      return `Set ${variable('ACCESS_KEY_ID')} and ${variable('SECRET_ACCESS_KEY')}, or configure AWS's default chain (AWS_PROFILE …).`
    case 'RequestTimeTooSkewed':
      return "Set this machine's clock."
    case 'NoSuchBucket':
    case 'NotFound':
      return `Create the bucket ${bucket}, or correct ${variable('BUCKET')} or ${variable('ENDPOINT_URL')}.`
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return `Set ${variable('REGION')} to the region that the bucket is in.`
    case 'AccessControlListNotSupported':
      return 'Omit --acl: the bucket has ACLs disabled.'
    case 'InvalidStorageClass':
      return 'Set --storage-class to a class that the store supports.'
    case 'NotImplemented':
    case 'MethodNotAllowed':
      return 'The store does not support this; a run works without it where possible.'
    default:
      return "Look this code up in the store's documentation."
  }
}
