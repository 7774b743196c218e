/** True for a bucket of S3 Express One Zone, recognised by its name: `lake--usw2-az1--x-s3`. */
export function isDirectoryBucket(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*--[a-z0-9-]+--x-s3$/.test(name)
}
