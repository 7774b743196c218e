import type { Handler } from '../request/context.js'
import type { Operation } from '../s3/operation.js'
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from './buckets.js'
import { completeMultipartUpload } from './complete-multipart-upload.js'
import { copyObject, uploadPartCopy } from './copy-object.js'
import { createSession } from './create-session.js'
import { deleteObject } from './delete-object.js'
import { deleteObjects } from './delete-objects.js'
import { getObjectAttributes } from './get-object-attributes.js'
import { getObject } from './get-object.js'
import { listMultipartUploads, listParts } from './list-multipart.js'
import { listObjectVersions } from './list-object-versions.js'
import { listObjects, listObjectsV2 } from './list-objects.js'
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './multipart.js'
import { putObject } from './put-object.js'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.js'

/** The handler of each operation. */
export const HANDLERS: Readonly<Record<Operation, Handler>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  CreateSession: createSession,
  GetObject: getObject,
  HeadObject: getObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
}
