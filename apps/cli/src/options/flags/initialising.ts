import type { ChoiceFlag, Flag, TextFlag } from './flag.js'

const answer = (valueName: string, describe: string) =>
  ({ kind: 'text', valueName, commandLineOnly: true, describe }) as const satisfies TextFlag

const provider = {
  kind: 'choice',
  // In the order of the providers' table, and what has no preset.
  choices: [
    'aws',
    'minio',
    'r2',
    'b2',
    'gcs',
    'wasabi',
    'ceph',
    'hetzner',
    'scaleway',
    'digitalocean',
    'other',
  ],
  commandLineOnly: true,
  describe: 'Provider, including its endpoint; other needs an endpoint URL',
} as const satisfies ChoiceFlag

/** Answers to the questions of `init`, each a flag. */
export const initFlags = {
  'source-provider': provider,
  'source-bucket': answer('BUCKET', 'Bucket of the source'),
  'source-endpoint-url': answer('URL', 'Endpoint of the source'),
  'source-region': answer('REGION', 'Region of the source'),
  'source-account-id': answer('ID', 'Account of the source, for --source-provider r2'),
  'source-aws-profile': answer('PROFILE', 'Profile of the shared AWS files for the source, instead of keys'),
  'source-access-key-id': answer('ID', 'Access key of the source; without one AWS finds the credentials'),
  'source-secret-file': answer(
    'FILE',
    'File that holds the secret of the source; else LAGOON_SOURCE_SECRET_ACCESS_KEY',
  ),
  'destination-provider': provider,
  'destination-bucket': answer('BUCKET', 'Bucket of the destination'),
  'destination-endpoint-url': answer('URL', 'Endpoint of the destination'),
  'destination-region': answer('REGION', 'Region of the destination'),
  'destination-account-id': answer('ID', 'Account of the destination, for --destination-provider r2'),
  'destination-aws-profile': answer('PROFILE', 'Profile of the shared AWS files for the destination'),
  'destination-access-key-id': answer('ID', 'Access key of the destination'),
  'destination-secret-file': answer(
    'FILE',
    'File that holds the secret of the destination; else LAGOON_DESTINATION_SECRET_ACCESS_KEY',
  ),
  format: {
    kind: 'choice',
    choices: ['env', 'yaml'],
    commandLineOnly: true,
    describe: 'Write .env, or lagoon.config.yaml, which holds no secrets',
    defaultText: 'env',
  },
  file: { ...answer('FILE', 'File to write'), defaultText: '.env or lagoon.config.yaml' },
  replace: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Replace the stores in a file that exists; other lines of .env stay',
  },
  'skip-checks': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Write the file without testing the stores',
  },
  'create-manifests': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Then list the source into manifests, as `lagoon manifest create --upload` does',
  },
} as const satisfies Record<string, Flag>
