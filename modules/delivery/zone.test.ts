import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { courierFeeOf, refusalOfZone, type Zone } from './zone.ts'

const kolomna: Zone = {
  id: 'a',
  name: { ru: 'Коломна', en: 'Kolomna' },
  places: ['Коломна', '140400'],
  lat: null,
  lng: null,
  radius_m: null,
  fee: 30_000,
  currency: 'RUB',
  minimum_total: null,
  free_from: null,
  earliest_minutes: null,
  latest_minutes: null,
  position: 1,
  is_active: true,
}
const circle: Zone = { ...kolomna, id: 'b', places: [], lat: 55.1, lng: 38.77, radius_m: 10_000, fee: 50_000 }

const feeOf = (address: Parameters<typeof courierFeeOf>[0], zones: readonly Zone[], items_amount = 100_000) => {
  const found = courierFeeOf(address, { items_amount, currency: 'RUB' }, zones)
  return found.kind === 'quoted' ? found.fee : found.reason
}
const parts = (city: string, at: { lat?: number; lng?: number } = {}) => ({
  country: 'Россия',
  city,
  street: 'Посадская',
  house: '1',
  ...at,
})

test('a shop without zones delivers everywhere for free, with zones only to these (DLV-4)', () => {
  assert.equal(feeOf('Коломна, Посадская 12', []), 0)
  assert.equal(feeOf('Рязань, Ленина 1', [{ ...kolomna, is_active: false }]), 0)
  assert.equal(feeOf('Коломна, Посадская 12', [kolomna]), 30_000)
  assert.equal(feeOf('Рязань, Ленина 1', [kolomna]), 'address-not-served')
})

test('an address is in a zone by its town or postcode, however it is typed (DLV-4)', () => {
  for (const address of [
    'г.КОЛОМНА, Посадская 12',
    '140400 Посадская 12',
    'Московская обл., Коломна',
    parts('коломна'),
  ])
    assert.equal(feeOf(address, [kolomna]), 30_000, JSON.stringify(address))
  for (const address of ['Коломна-2, Посадская 12'.replace('-', ''), 'Коломнаская 1', '1404001', parts('Рязань')])
    assert.equal(feeOf(address, [kolomna]), 'address-not-served', JSON.stringify(address))
  assert.equal(feeOf(parts('Орёл'), [{ ...kolomna, places: ['Орел'] }]), 30_000)
  assert.equal(feeOf({ ...parts('Рязань'), street: 'Коломна' }, [kolomna]), 'address-not-served')
})

const moscow: Zone = { ...kolomna, id: 'm', places: ['Москва'], fee: 150_000, position: 2 }
const centre = { lat: 55.1028, lng: 38.7531 }
const near: Zone = { ...kolomna, fee: 10_000, ...centre, radius_m: 5000 }

test('the buyer does not choose the zone: neither by a street or a note, nor by coordinates (DLV-4)', () => {
  const zones = [near, moscow]
  for (const address of [
    'Москва, Тверская 1',
    'Москва, улица Коломна, 1',
    'Москва, Коломна, 1',
    'Москва, Тверская 1 (не Коломна)',
    'Москва Коломна 1',
    'Россия, г. Москва, ул. Коломна, 1',
    parts('Москва'),
    parts('Москва', centre),
    parts('Москва, Коломна', centre),
    { ...parts('город Москва', centre), street: 'Коломна', house: '(Коломна)' },
  ])
    assert.equal(feeOf(address, zones), 150_000, JSON.stringify(address))
  for (const address of [
    'Владивосток, Коломна, 1',
    parts('Владивосток', centre),
    parts('Москва (Коломна)', centre),
    parts('Коломна', { lat: 55.75, lng: 37.62 }),
  ])
    assert.equal(feeOf(address, zones), 'address-not-served', JSON.stringify(address))
  assert.equal(feeOf(parts('Коломна', centre), zones), 10_000)
})

test('coordinates in a cheaper circle do not lower the fee of the named town, nor its minimum (DLV-4)', () => {
  const cheap = { ...circle, fee: 100, position: 0 }
  const inside = (city: string) => parts(city, { lat: 55.1, lng: 38.77 })
  assert.equal(feeOf(inside('Москва'), [cheap, moscow]), 150_000)
  assert.equal(feeOf(inside('Москва'), [cheap, { ...moscow, minimum_total: 200_000 }]), 'below-delivery-minimum')
  assert.equal(feeOf(inside('Москва'), [{ ...cheap, fee: 200_000 }, moscow]), 200_000)
  assert.equal(feeOf(inside('Село'), [cheap, moscow]), 100)
})

test('a town is found in the usual forms of an address, and as a whole (DLV-4)', () => {
  for (const address of [
    'Россия, 140400, Московская обл, г Коломна, ул Посадская, д 12',
    '140401 Коломна, Посадская 12',
    'Коломна Посадская 12',
    'г. Коломна Посадская 12',
    'Посадская 12, Коломна',
    'ул. Посадская, д. 12, Коломна, Россия',
    'Щуровский р-н, Коломна, Посадская 12',
    parts('город Коломна'),
    parts('Коломна, Московская область'),
    parts('140400 Село'),
  ])
    assert.equal(feeOf(address, [kolomna]), 30_000, JSON.stringify(address))
  const orekhovo = { ...kolomna, places: ['Орехово'] }
  for (const address of ['Орехово-Зуево, Ленина 1', 'Орехово-Зуево Ленина 1', parts('Орехово-Зуево')])
    assert.equal(feeOf(address, [orekhovo]), 'address-not-served', JSON.stringify(address))
  assert.equal(
    feeOf('Московская область, Коломна, Посадская 1', [{ ...kolomna, places: ['Московская область'] }]),
    30_000,
  )
})

test('an address with coordinates is in a circle up to its radius (DLV-4)', () => {
  assert.equal(feeOf(parts('Село', { lat: 55.1, lng: 38.77 }), [circle]), 50_000)
  assert.equal(feeOf(parts('Село', { lat: 55.18, lng: 38.77 }), [circle]), 50_000)
  assert.equal(feeOf(parts('Село', { lat: 55.2, lng: 38.77 }), [circle]), 'address-not-served')
  assert.equal(feeOf(parts('Село'), [circle]), 'address-not-served')
  assert.equal(feeOf('Село', [circle]), 'address-not-served')
})

test('of two zones with one address the first counts, and a zone of another currency never (DLV-4)', () => {
  const inside = parts('Коломна', { lat: 55.1, lng: 38.77 })
  assert.equal(feeOf(inside, [kolomna, { ...circle, position: 0 }]), 50_000)
  assert.equal(feeOf(inside, [kolomna, { ...circle, position: 2 }]), 30_000)
  assert.equal(feeOf(inside, [{ ...kolomna, currency: 'JPY' }]), 'address-not-served')
})

test('goods below the minimum are not delivered, and are free from a sum (DLV-4)', () => {
  const zone = { ...kolomna, minimum_total: 50_000, free_from: 200_000 }
  const fees = fc.property(fc.integer({ min: 0, max: 400_000 }), (items_amount) => {
    const expected = items_amount < 50_000 ? 'below-delivery-minimum' : items_amount < 200_000 ? 30_000 : 0
    assert.equal(feeOf('Коломна', [zone], items_amount), expected)
  })
  fc.assert(fees, { examples: [[49_999], [50_000], [199_999], [200_000]] })
})

test('a zone has an area, a complete circle and a window that ends after it begins (DLV-4)', () => {
  const reasonOf = (change: Partial<Zone>) => refusalOfZone({ ...kolomna, ...change })?.reason
  assert.equal(reasonOf({}), undefined)
  assert.equal(reasonOf({ places: [] }), 'zone-without-area')
  assert.equal(reasonOf({ places: [' , '] }), 'zone-without-area')
  assert.equal(reasonOf({ lat: 55 }), 'incomplete-circle')
  assert.equal(reasonOf({ places: [], lat: 55, lng: 38, radius_m: 1 }), undefined)
  assert.equal(reasonOf({ earliest_minutes: 60 }), 'wrong-window')
  assert.equal(reasonOf({ earliest_minutes: 60, latest_minutes: 59 }), 'wrong-window')
  assert.equal(reasonOf({ earliest_minutes: 60, latest_minutes: 60 }), undefined)
})
