/** Carriers take 5,000 cm³ for a kilogram where no size is known. */
const gramsPerLitre = 200

/** Litres of a parcel of which only the weight is known; at least one. */
export const volumeOf = (weight_grams: number): number => Math.max(1, Math.ceil(weight_grams / gramsPerLitre))
