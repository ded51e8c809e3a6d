/* fact: see fact.h. */
#include "domain/case/fact.h"

static const struct { const char *key, *text, *rule; int error; } FACT_NAMES[FACTS] = {
#define FACT_NAME_(name, code, rule, text) [FACT_##name] = { #name, text, rule, ERR_##code },
    FACT_LIST(FACT_NAME_)
#undef FACT_NAME_
};

_Static_assert(FACTS <= 64, "a set of facts is one 64-bit word");

const char *fact_key(enum fact f)
{
    return FACT_NAMES[f].key;
}

const char *fact_text(enum fact f)
{
    return FACT_NAMES[f].text;
}

const char *fact_rule(enum fact f)
{
    return FACT_NAMES[f].rule;
}

int fact_error(enum fact f)
{
    return FACT_NAMES[f].error;
}
