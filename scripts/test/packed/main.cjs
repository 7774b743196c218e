const usePackages = require('./use-packages.cjs')

usePackages({
  aimd: require('@lagoon/aimd'),
  simulator: require('@lagoon/aimd/simulator'),
  manifest: require('@lagoon/manifest'),
  state: require('@lagoon/state-lmdb'),
  transfer: require('@lagoon/transfer'),
  sync: require('@lagoon/sync'),
  sandbox: require('@lagoon/s3-sandbox'),
}).then((result) => console.log(JSON.stringify(result)))
