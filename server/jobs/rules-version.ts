/** Raised whenever a rule's judgement changes, so that stored verdicts say which rules they come from. */
export const RULES_VERSION = 3;
