import * as aimd from '@lagoon/aimd'
import * as simulator from '@lagoon/aimd/simulator'
import * as manifest from '@lagoon/manifest'
import * as sandbox from '@lagoon/s3-sandbox'
import * as state from '@lagoon/state-lmdb'
import * as sync from '@lagoon/sync'
import * as transfer from '@lagoon/transfer'
import usePackages from './use-packages.cjs'

console.log(JSON.stringify(await usePackages({ aimd, simulator, manifest, state, transfer, sync, sandbox })))
