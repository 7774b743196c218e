import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { CopyOptions } from '@lagoon/sync'

/** What a run would write objects with. */
export interface DestinationNeeds {
  /** Put before the key of the probe, as before every key: a policy may allow nothing else. */
  readonly prefix: string
  readonly tags: boolean
  /** Storage class, ACL and encryption. */
  readonly headers: WrittenWith
}

type WrittenWith = Partial<
  Pick<PutObjectCommandInput, 'StorageClass' | 'ACL' | 'ServerSideEncryption' | 'SSEKMSKeyId'>
>

/** The options of a copy as the SDK takes them; the store is the judge of the names in them. */
export function destinationNeeds({ tags = false, addPrefix = '', ...copy }: CopyOptions): DestinationNeeds {
  const { storageClass, acl, serverSideEncryption, kmsKeyId } = copy
  const headers = {
    StorageClass: storageClass === 'keep' ? undefined : storageClass,
    ACL: acl,
    ServerSideEncryption: serverSideEncryption,
    SSEKMSKeyId: kmsKeyId,
  } as WrittenWith
  return { prefix: addPrefix, tags, headers }
}
