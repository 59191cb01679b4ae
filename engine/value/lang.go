package value

import (
	"fmt"

	"golang.org/x/text/language"
)

// Lang is a language of error sentences.
type Lang string

// The languages. An empty Lang means English.
const (
	English Lang = "en"
	Chinese Lang = "zh-CN"
)

// PickLang gives the language of a project's sentences: its own, or for "auto" the one of English and Chinese that the header
// Accept-Language (RFC 9110 section 12.5.4) prefers.
func PickLang(project, acceptLanguage string) Lang {
	switch project {
	case string(Chinese):
		return Chinese
	case "auto":
		if acceptLanguage == "" {
			return English
		}
		matcher := language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese, language.TraditionalChinese})
		if _, index := language.MatchStrings(matcher, acceptLanguage); index > 0 {
			return Chinese
		}
	}
	return English
}

// Sentence gives the sentence of key in lang, its %-verbs filled with args. An unknown key gives the key itself.
func Sentence(lang Lang, key string, args ...any) string {
	texts, found := sentences[key]
	if !found {
		return key
	}
	text := texts.en
	if lang == Chinese {
		text = texts.zh
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// sentences holds every error sentence. Those of inputs take the label first.
var sentences = map[string]struct{ en, zh string }{
	"required":     {"%s is required.", "%s不能为空。"},
	"text":         {"%s must be a text.", "%s必须是文本。"},
	"number":       {"%s must be a number.", "%s必须是数字。"},
	"number.size":  {"%s has too many digits.", "%s的位数太多。"},
	"integer":      {"%s must be a whole number.", "%s必须是整数。"},
	"boolean":      {"%s must be true or false.", "%s必须是 true 或 false。"},
	"datetime":     {"%s must be a date and time such as 2026-11-23T05:28:00Z.", "%s必须是日期时间，例如 2026-11-23T05:28:00Z。"},
	"date":         {"%s must be a date such as 2026-11-23.", "%s必须是日期，例如 2026-11-23。"},
	"enum":         {"%s must be one of: %s.", "%s必须是以下之一：%s。"},
	"email":        {"%s must be an email address.", "%s必须是邮箱地址。"},
	"url":          {"%s must be an http or https address.", "%s必须是 http 或 https 网址。"},
	"reference":    {"%s must be the uid of a record.", "%s必须是记录的 uid。"},
	"references":   {"%s must be a list of uids.", "%s必须是 uid 的列表。"},
	"item":         {"Item %d: %s", "第 %d 项：%s"},
	"item.object":  {"It must be a JSON object.", "必须是 JSON 对象。"},
	"list":         {"%s must be a list.", "%s必须是列表。"},
	"list.size":    {"%s may have at most %d items.", "%s最多 %d 项。"},
	"json":         {"%s must be JSON.", "%s必须是 JSON。"},
	"nul":          {"%s holds the character U+0000, which cannot be stored.", "%s包含无法存储的字符 U+0000。"},
	"min.length":   {"%s must have at least %s characters.", "%s至少要有 %s 个字符。"},
	"max.length":   {"%s may have at most %s characters.", "%s最多 %s 个字符。"},
	"min":          {"%s must be at least %s.", "%s不能小于 %s。"},
	"max":          {"%s must be at most %s.", "%s不能大于 %s。"},
	"pattern":      {"%s has the wrong format.", "%s的格式不正确。"},
	"unique":       {"%s is taken already.", "%s已经存在。"},
	"missing":      {"%s refers to a record that does not exist.", "%s引用的记录不存在。"},
	"constraint":   {"%s is not allowed.", "%s不符合要求。"},
	"readonly":     {"%s cannot be written.", "%s不能写入。"},
	"unknown":      {"%s is not a field of this table.", "%s不是此表的字段。"},
	"not_found":    {"There is no such record.", "没有这条记录。"},
	"no_route":     {"There is nothing at this address.", "此地址没有内容。"},
	"not_allowed":  {"This address does not answer %s.", "此地址不支持 %s。"},
	"many":         {"More than %d records match; nothing was changed.", "匹配的记录超过 %d 条，未作任何更改。"},
	"referenced":   {"The record cannot be deleted while records of %s refer to it.", "仍被 %s 的记录引用，不能删除。"},
	"conflict":     {"The record was changed by somebody else at the same time.", "记录同时被他人修改。"},
	"precondition": {"The record has been changed since it was read.", "记录在读取之后已被修改。"},
	"once.key":     {"Idempotency-Key must have 1 to 255 characters.", "Idempotency-Key 须为 1 到 255 个字符。"},
	"once.other":   {"This Idempotency-Key was used for another request.", "此 Idempotency-Key 已用于另一个请求。"},
	"once.busy":    {"A request with this Idempotency-Key is still under way.", "使用此 Idempotency-Key 的请求仍在处理。"},
	"once.large":   {"The request was done already; its answer was too large to keep.", "请求已经完成，其应答过大，未予保存。"},
	"body.json":    {"The body is not valid JSON: %[1]s at byte %[2]d.", "请求体不是有效的 JSON：第 %[2]d 字节处有误（%[1]s）。"},
	"body.xml":     {"The body is not valid XML: %[1]s at byte %[2]d.", "请求体不是有效的 XML：第 %[2]d 字节处有误（%[1]s）。"},
	"body.text":    {"The body is not text in UTF-8.", "请求体不是 UTF-8 文本。"},
	"body.read":    {"The body could not be read.", "无法读取请求体。"},
	"body.object":  {"The body must be a JSON object.", "请求体必须是 JSON 对象。"},
	"body.form":    {"The body is not a valid form.", "请求体不是有效的表单。"},
	"body.size":    {"The body is larger than %d bytes.", "请求体超过 %d 字节。"},
	"body.type":    {"The body must be JSON, a form, XML or text.", "请求体必须是 JSON、表单、XML 或文本。"},
	"query":        {"The query of the address is malformed.", "网址的查询部分格式不正确。"},
	"sort":         {"%s must be one of: %s.", "%s必须是以下之一：%s。"},
	"page":         {"The page is out of range.", "页码超出范围。"},
	"page.size":    {"A page may have at most %d records.", "每页最多 %d 条记录。"},
	"cursor":       {"The cursor is not one that this list gave.", "游标无效。"},
	"filter":       {"%s: the value does not fit the field.", "%s：值与字段类型不符。"},
	"narrow":       {"The filter cannot be used: %s.", "无法使用该筛选条件：%s。"},
	"rate_limited": {"Too many requests. Try again in %d seconds.", "请求过于频繁，请在 %d 秒后重试。"},
	"unauthorized": {"Sign in first.", "请先登录。"},
	"forbidden":    {"You are not allowed to do this.", "没有权限。"},
	"ip_filter":    {"Requests from your address are not allowed.", "不允许来自您的地址的请求。"},
	"referer":      {"Requests from this page are not allowed.", "不允许来自此页面的请求。"},
	"foreign_page": {"This request does not come from a page of this server.", "此请求并非来自本站页面。"},
	"verifier":     {"This cannot be checked at the moment. Try again later.", "暂时无法验证，请稍后重试。"},
	"script":       {"%s could not be computed.", "%s无法计算。"},
	"header":       {"The first line must name fields of the table: %s.", "第一行须为本表的字段名：%s。"},
	"timeout":      {"The request took too long.", "请求超时。"},
	"unavailable":  {"The database is not available at the moment.", "数据库暂时不可用。"},
	"incomplete":   {"This service is not fully set up. Tell its owner.", "此服务尚未配置完成，请告知管理员。"},
	"internal":     {"Something went wrong on the server.", "服务器出错了。"},
	"captcha":      {"The check against robots failed. Try again.", "人机验证失败，请重试。"},
	"invalid":      {"The request is not valid.", "请求无效。"},
	"too_large":    {"The request is too large.", "请求过大。"},
	"unsupported":  {"The server does not understand the body of the request.", "服务器无法理解请求体。"},
	"file":         {"%s must be a file.", "%s必须是文件。"},
	"file.access":  {"%s refers to a file that is not there.", "%s引用的文件不存在。"},
	"file.size":    {"%s may have at most %s.", "%s不能超过 %s。"},
	"file.type":    {"%s must be one of: %s.", "%s的类型必须是：%s。"},
	"file.one":     {"%s takes one file.", "%s只能有一个文件。"},
	"file.broken":  {"The file did not arrive whole.", "文件未能完整上传。"},
	"min.files":    {"%s must have at least %s files.", "%s至少要有 %s 个文件。"},
	"max.files":    {"%s may have at most %s files.", "%s最多 %s 个文件。"},
	"guard":        {"The request was refused.", "请求被拒绝。"},
}
