/**
 * How many rows a pod or container query may give (collect/prometheus/catalogue-types.ts asks with the same numbers): a list of that
 * length was cut, and what is not in it is below its smallest value.
 */
export const TOP_ROWS = 5000;
export const TOP_CONTAINER_ROWS = 500;
