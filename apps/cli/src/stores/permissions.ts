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
export function policyStatement(permission: Permission, bucket: string): string {
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
      return `Add to the policy of the key: ${policyStatement(permission, bucket)}`
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return `Check ${variable('ACCESS_KEY_ID')} and ${variable('SECRET_ACCESS_KEY')}.`
    case 'ExpiredToken':
    case 'InvalidToken':
      return `Set new temporary keys with their ${variable('SESSION_TOKEN')}.`
    case 'CredentialsProviderError':
      return `Set ${variable('ACCESS_KEY_ID')} and ${variable('SECRET_ACCESS_KEY')}, or what AWS's default chain reads (AWS_PROFILE …).`
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
      return 'Leave --acl away: the bucket has ACLs switched off.'
    case 'InvalidStorageClass':
      return 'Name a class that the store has with --storage-class.'
    case 'NotImplemented':
    case 'MethodNotAllowed':
      return 'The store does not offer this; a run does without it where it can.'
    default:
      return "See what the store's documentation says of this code."
  }
}
