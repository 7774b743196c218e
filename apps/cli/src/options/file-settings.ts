/** What a configuration file says about a variable, and where: its value, or the variable that holds a secret. */
export type FileEntry =
  { readonly value: string; readonly origin: string } | { readonly variable: string; readonly origin: string }

/** A configuration file by the variables that its settings stand for. */
export interface FileSettings {
  /** As it is shown to people. */
  readonly path: string
  /** The profile that was chosen. */
  readonly profile: string | undefined
  /** All that could be chosen. */
  readonly profiles: readonly string[]
  /** The profile's settings, if one was chosen, then those of the file itself. */
  readonly layers: readonly FileLayer[]
}

export interface FileLayer {
  readonly from: 'profile' | 'file'
  readonly entries: ReadonlyMap<string, FileEntry>
}
