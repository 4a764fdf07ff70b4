/** The shapes an option can have. The table (options.ts) is written in these words; everything else is made from it. */
interface Described {
  /** One sentence for the person who sets it. */
  readonly meaning: string
}

export interface IntegerOption extends Described {
  readonly kind: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit: string
}

/** An integer that the program chooses itself when it is `auto`. */
export interface AutoOption extends Described {
  readonly kind: 'auto'
  readonly default: 'auto'
  readonly min: number
  readonly max: number
  readonly unit: string
}

export interface BooleanOption extends Described {
  readonly kind: 'boolean'
  readonly default: boolean
}

export interface ChoiceOption extends Described {
  readonly kind: 'choice'
  readonly default: string
  readonly values: readonly string[]
}

export interface TextOption extends Described {
  readonly kind: 'text'
  readonly default: string
  readonly accepts: (value: string) => boolean
  /** What `accepts` accepts, in words that fit after "must be". */
  readonly allowed: string
}

export interface ListOption extends Described {
  readonly kind: 'list'
  readonly default: readonly string[]
  readonly accepts: (element: string) => boolean
  readonly allowed: string
}

export type OptionDefinition = IntegerOption | AutoOption | BooleanOption | ChoiceOption | TextOption | ListOption
export type OptionTable = Readonly<Record<string, OptionDefinition>>

export type OptionValue<O> = O extends { kind: 'integer' }
  ? number
  : O extends { kind: 'auto' }
    ? number | 'auto'
    : O extends { kind: 'boolean' }
      ? boolean
      : O extends { kind: 'choice'; values: readonly (infer V)[] }
        ? V
        : O extends { kind: 'list' }
          ? readonly string[]
          : string
