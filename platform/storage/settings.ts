import { ConfigError, optional, origin, rate, secret, settings, text, webUrl, withDefault } from '#platform/config'

/** The settings of the storage of files. */
export const storageSettings = settings({
  title: 'Files',
  variables: {
    S3_ENDPOINT: {
      ...optional(origin, 'An S3-compatible server for files; without it they are in POSAD_DATA/files.'),
      aliases: ['S3_ENDPOINT_URL'],
    },
    S3_REGION: withDefault(text(1, 64), 'us-east-1', 'The region of the bucket.'),
    S3_BUCKET: optional(
      text(3, 63),
      'The bucket of the files; it is created with the first file if it does not exist.',
    ),
    S3_ACCESS_KEY: secret(text(), 'The access key of the bucket.', ['S3_ACCESS_KEY_ID']),
    S3_SECRET_KEY: secret(text(), 'The secret key of the bucket.', ['S3_SECRET_ACCESS_KEY']),
    PUBLIC_IMAGE_BASE_URL: optional(
      webUrl,
      'The address before the keys of public files, of a CDN or a public bucket; without it this program serves them under /media.',
    ),
    FILE_LINK_SECRET: secret(
      text(32, 1000),
      'Signs links to private files in the local folder; without it the first start creates a secret in POSAD_DATA.',
    ),
    RATE_LIMIT_FILES: withDefault(
      rate,
      '6000/1m burst 1500',
      'Requests for files under /media, per caller: a page of a list shows dozens of images.',
    ),
  },
  read: (values) => ({
    place: placeOf(values),
    publicBaseUrl: values.PUBLIC_IMAGE_BASE_URL,
    linkSecret: values.FILE_LINK_SECRET,
    rates: { files: values.RATE_LIMIT_FILES },
  }),
})

type Values = Readonly<{
  S3_ENDPOINT: string | undefined
  S3_REGION: string
  S3_BUCKET: string | undefined
  S3_ACCESS_KEY: string | undefined
  S3_SECRET_KEY: string | undefined
}>

function placeOf(values: Values) {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION } = values
  const needed = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY }
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length === Object.keys(needed).length) return { kind: 'local' } as const
  if (!S3_ENDPOINT || !S3_BUCKET || !S3_ACCESS_KEY || !S3_SECRET_KEY)
    throw new ConfigError(`Files in S3 need ${Object.keys(needed).join(', ')}: set ${missing.join(', ')} as well`)
  const keys = { accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY }
  return { kind: 's3', endpoint: S3_ENDPOINT, bucket: S3_BUCKET, region: S3_REGION, ...keys } as const
}
