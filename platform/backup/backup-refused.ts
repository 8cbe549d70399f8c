/** A backup or a restore is not possible here. The message is one line for an operator and says what to do. */
export class BackupRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BackupRefused'
  }
}
