/** The command line cannot be understood; the message says what would be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The platform said no, or nothing; the message says why. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
