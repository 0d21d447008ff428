/* GUID and alias of an interface. */
#ifndef RIG_INTERFACE_NAMES_H
#define RIG_INTERFACE_NAMES_H

#include "links.h"

/* The same for the same index and name, so that it survives a restart of the agent but not a rename. */
GUID interface_guid(const struct link *link);
/* Writes ASCII text as UTF-16, cut to fit, always terminated. */
void wide_text(WCHAR *target, size_t size, const char *text);

#endif
