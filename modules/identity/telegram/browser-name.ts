const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/**
 * The browser and the system that a User-Agent names, such as `Firefox, Windows`; empty when it names neither. The words are
 * ours: the User-Agent of a thief could name the number that a person in the bot should choose.
 */
export const browserName = (user_agent: string): string =>
  [browsers, systems].flatMap((known) => known.find(([pattern]) => pattern.test(user_agent))?.[1] ?? []).join(', ')
