declare const brand: unique symbol;

/**
 * A value of a type that only one place in the code makes: the function that applies the rule, or the one that hashes.
 * A raw text cannot be given where a standardised one is expected, nor a token where a pseudonym is. The brand exists for the
 * compiler only.
 */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };
