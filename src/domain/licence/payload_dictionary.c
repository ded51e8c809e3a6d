/* payload_dictionary: the preset dictionary of flag 2 (docs/qr-payload.md).
 *
 * A licence is mostly words that many licences share: departments, kinds of permits, the
 * city's names. Telling deflate about them beforehand saves about a third of the code, that
 * is three to four QR versions, and a QR code that stays coarse is one that old phones read.
 * The text is part of the format '1' for ever: a licence on a wall is read with it in ten
 * years too. Never change a byte; better words need a new flag. Commonest words come last
 * (near distances are short in deflate). A test compares it with the documentation.
 */
#include "domain/licence/payload.h"

static const char TEXT[] =
    "示例街道办事处社区小区花园广场大厦大街西街东街北路南路人民路单元号楼底商商铺室层村镇"
    "有限责任公司有限公司（个体工商户）老年人就餐中心合作社分店"
    "烘焙坊/面包房/蛋糕店游艺娱乐场所/电玩城歌舞娱乐场所/KTV网吧/网咖电影院诊所零售药店"
    "医疗器械销售宾馆/旅馆/酒店小餐饮餐厅/饭店超市便利店"
    "互联网上网服务营业场所信息网络安全审核批准书网络文化经营许可证电影放映经营许可证"
    "医疗机构许可证备案（诊所备案）诊所备案凭证母婴保健技术服务执业许可证放射诊疗许可证"
    "娱乐场所经营许可证娱乐经营许可证特种行业许可证（旅馆业）卫生许可证公共场所卫生许可证"
    "烟草专卖零售许可证内蒙古自治区食品生产经营登记证第三类医疗器械经营许可证"
    "第二类医疗器械经营备案凭证药品经营许可证（零售）食品经营许可证"
    "蒙乌药监械经营许可蒙乌药监械经营备案20号卫公证字〔20〕第号公特旅字第号蒙卫放证字（20）第"
    "省自治区直辖市县旗中共委宣传部（电影局）消防救援支队消防救援大队生态环境局民政局公安局分局"
    "疾病预防控制局卫生健康委员会文体旅游广电局烟草专卖局行政审批服务局应急管理局"
    "内蒙古自治区乌海市乌达区海南区150304150303150300"
    "乌海市行政审批和政务服务局乌海市公安局海勃湾区分局乌海市烟草专卖局乌海市卫生健康委员会"
    "海勃湾区卫生健康委员会海勃湾区文体旅游广电局海勃湾区行政审批和政务服务局"
    "乌海市市场监督管理局海勃湾区市场监督管理局内蒙古自治区乌海市海勃湾区"
    "9115030MA92150302MA0WHZH15030202JY21503020JY1150302";

struct sv payload_dictionary(void)
{
    return sv_make(TEXT, sizeof TEXT - 1);
}
