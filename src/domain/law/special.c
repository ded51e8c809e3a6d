/* special: see special.h. */
#include "domain/law/special.h"

static const struct { const char *key, *text; } NAMES[SPECIAL_KINDS] = {
    [SPECIAL_HEARING] = { "hearing", "听证" },
    [SPECIAL_TENDER] = { "tender", "招标" },
    [SPECIAL_AUCTION] = { "auction", "拍卖" },
    [SPECIAL_EXAMINATION] = { "examination", "检验" },
    [SPECIAL_TESTING] = { "testing", "检测" },
    [SPECIAL_QUARANTINE] = { "quarantine", "检疫" },
    [SPECIAL_APPRAISAL] = { "appraisal", "鉴定" },
    [SPECIAL_EXPERT_REVIEW] = { "expert_review", "专家评审" },
    [SPECIAL_EXCLUDED] = { "excluded", "依法不计入期限的其他时间" },
};

const char *special_key(enum special_kind k)
{
    return NAMES[k].key;
}

const char *special_text(enum special_kind k)
{
    return NAMES[k].text;
}

bool special_of(struct sv key, enum special_kind *out)
{
    for (int k = 0; k < SPECIAL_KINDS; k++)
        if (sv_is(key, NAMES[k].key)) {
            *out = (enum special_kind)k;
            return true;
        }
    return false;
}
