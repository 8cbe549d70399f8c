const unfinished = 'posad: unfinished restore of '

/** The comments on the schema `platform` that say how far the restore of a backup is, by the id of the backup. */
export const restoreMark = {
  unfinished: (backup_id: string): string => unfinished + backup_id,
  restored: (backup_id: string): string => `posad: restored from ${backup_id}`,
}

/** A query with one row in a database whose restore did not end, and with none in every other one. */
export const unfinishedRestore = `
  select from pg_namespace where nspname = 'platform' and starts_with(obj_description(oid, 'pg_namespace'), '${unfinished}')`
