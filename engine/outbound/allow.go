package outbound

import (
	"fmt"
	"net/netip"
	"strings"
)

// An Allowlist opens addresses that are not public. Its zero value opens none.
type Allowlist struct {
	networks []netip.Prefix
	hosts    map[string]bool // names, small letters
}

// ParseAllowlist reads networks (10.0.0.0/8), addresses and names of hosts, as --allow-outbound takes them. A name opens whatever it
// resolves to.
func ParseAllowlist(texts []string) (Allowlist, error) {
	list := Allowlist{hosts: map[string]bool{}}
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if prefix, err := netip.ParsePrefix(text); err == nil {
			list.networks = append(list.networks, prefix.Masked())
			continue
		}
		if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
			addr = addr.Unmap()
			list.networks = append(list.networks, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		if !isName(text) {
			return Allowlist{}, fmt.Errorf("%q is no network such as 10.0.0.0/8, no address and no name of a host", text)
		}
		list.hosts[plainName(text)] = true
	}
	return list, nil
}

// isName reports whether text can be a host's name (RFC 1123 section 2.1), one that is not all digits, which would be an address.
func isName(text string) bool {
	text = strings.TrimSuffix(text, ".")
	if text == "" || len(text) > 253 {
		return false
	}
	letters := false
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range strings.ToLower(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
			letters = letters || c >= 'a' && c <= 'z'
		}
	}
	return letters
}

func plainName(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

func (l *Allowlist) allowsAddr(addr netip.Addr) bool {
	return inside(addr.Unmap().WithZone(""), l.networks)
}

func (l *Allowlist) allowsHost(host string) bool { return l.hosts[plainName(host)] }
