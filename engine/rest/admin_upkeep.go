package rest

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/catalog"
)

func (s *Server) droppedFields(c *call, _ *none) (list[catalog.DroppedField], error) {
	items, err := s.cfg.Catalog.DroppedFields(c.ctx(), c.project.Name)
	if items == nil {
		items = []catalog.DroppedField{}
	}
	return list[catalog.DroppedField]{items}, err
}

func (s *Server) restoreField(c *call, in *fieldIn) (edited, error) {
	report, err := s.cfg.Catalog.RestoreField(c.ctx(), c.project.Name, in.Table, in.Field,
		catalog.EditOptions{DryRun: in.DryRun, IfRevision: in.IfRevision, Author: c.author()})
	return edited{report}, err
}

type purgeIn struct {
	Table string `path:"table"`
	Field string `path:"field"`
}

func (s *Server) purgeField(c *call, in *purgeIn) (none, error) {
	return none{}, s.cfg.Catalog.PurgeField(c.ctx(), c.project.Name, in.Table, in.Field, c.author())
}

// indexList holds the states of a project's indexes and what keeps views from being as defined.
type indexList struct {
	Items []catalog.IndexState `json:"items"`
	Views []catalog.ViewNote   `json:"views"`
}

func (s *Server) indexes(c *call, _ *none) (indexList, error) {
	l := indexList{}
	var err error
	if l.Items, err = s.cfg.Catalog.IndexStates(c.ctx(), c.project.Name); err != nil {
		return l, err
	}
	l.Views, err = s.cfg.Catalog.ViewNotes(c.ctx(), c.project.Name)
	if l.Items == nil {
		l.Items = []catalog.IndexState{}
	}
	if l.Views == nil {
		l.Views = []catalog.ViewNote{}
	}
	return l, err
}

type indexIn struct {
	Index string `path:"index"`
}

func (s *Server) retryIndex(c *call, in *indexIn) (none, error) {
	return none{}, s.cfg.Catalog.RetryIndex(c.ctx(), c.project.Name, in.Index)
}

// serverInfo tells what runs here.
type serverInfo struct {
	Version    string `json:"version"`
	Commit     string `json:"commit"`
	PostgreSQL string `json:"postgresql"`
	Projects   int    `json:"projects"`
	UptimeS    int64  `json:"uptime_s"`

	Mail           bool     `json:"mail"`     // there is a mail server
	Queue          bool     `json:"queue"`    // webhooks and mail are sent
	Files          bool     `json:"files"`    // records may hold files
	MaxBody        int64    `json:"max_body"` // bytes
	TrustedProxies []string `json:"trusted_proxies"`
}

func (s *Server) info(c *call, _ *none) (serverInfo, error) {
	i := serverInfo{Version: s.cfg.Version, Commit: s.cfg.Commit, Projects: len(s.cfg.Catalog.Schema().Projects), UptimeS: int64(s.uptime().Seconds()),
		Mail: s.cfg.Jobs != nil && s.cfg.Jobs.Mails(), Queue: s.cfg.Jobs != nil, Files: s.cfg.Files != nil, MaxBody: s.cfg.MaxBody, TrustedProxies: []string{}}
	for _, network := range s.cfg.TrustedProxies {
		i.TrustedProxies = append(i.TrustedProxies, network.String())
	}
	err := s.cfg.DB.Pool().QueryRow(c.ctx(), `SELECT current_setting('server_version')`).Scan(&i.PostgreSQL)
	return i, err
}

// noRows takes a query without rows for no error.
func noRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}
