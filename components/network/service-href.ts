/** Address of a Service's page; keeps nothing of the list's filters, the page is about one Service. */
export function serviceHref(cluster: string, service: { readonly namespace: string; readonly name: string }): string {
  return `/network/services/${[cluster, service.namespace, service.name].map(encodeURIComponent).join("/")}`;
}
