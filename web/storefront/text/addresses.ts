import { useShop } from '../shop.ts'
import type { Locale } from './locale.ts'

const ru = {
  title: 'Адреса доставки',
  hint: 'С основного адреса начинается оформление заказа.',
  empty: 'Сохранённых адресов пока нет',
  emptyHint: 'Добавьте адрес, и при оформлении заказа его не придётся вводить.',
  full: 'Больше десяти адресов сохранить нельзя.',
  isDefault: 'Основной',
  makeDefault: 'Сделать основным',
  chosen: 'Этот адрес теперь основной',
  add: 'Добавить адрес',
  added: 'Адрес сохранён',
  change: 'Изменить',
  changed: 'Адрес изменён',
  delete: 'Удалить',
  deleted: 'Адрес удалён',
  putBack: 'Вернуть',
  save: 'Сохранить',
  of: (action: string, address: string) => `${action}: ${address}`,
  checkout: 'Адрес доставки',
  another: 'Другой адрес',
  keep: 'Сохранить этот адрес в кабинете',
}

const en: typeof ru = {
  title: 'Delivery addresses',
  hint: 'The checkout begins with the default address.',
  empty: 'No saved addresses yet',
  emptyHint: 'Add one, and the checkout will not ask for it.',
  full: 'You can save ten addresses at most.',
  isDefault: 'Default',
  makeDefault: 'Make default',
  chosen: 'This address is the default now',
  add: 'Add an address',
  added: 'The address is saved',
  change: 'Change',
  changed: 'The address is changed',
  delete: 'Delete',
  deleted: 'The address is deleted',
  putBack: 'Put back',
  save: 'Save',
  of: (action, address) => `${action}: ${address}`,
  checkout: 'Delivery address',
  another: 'Another address',
  keep: 'Save this address to my account',
}

const texts: Readonly<Record<Locale, typeof ru>> = { ru, en }

/** The texts of saved addresses. They come with the pages that show them, and not with the first page of a visit. */
export const useAddressTexts = (): typeof ru => texts[useShop().locale]
