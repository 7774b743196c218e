// Before a package is packed: only pnpm replaces `workspace:` and `catalog:` by versions. npm would leave them in, and nobody could install it.
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error('Use pnpm pack: another package manager leaves workspace: versions in package.json.')
  process.exit(1)
}
