package rest

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// projectInfo is a project in a list.
type projectInfo struct {
	Name      string    `json:"name"`
	Revision  int64     `json:"revision"`
	Timezone  string    `json:"timezone"`
	Language  string    `json:"language"`
	Public    bool      `json:"public"`
	Tables    []string  `json:"tables"`
	Endpoints int       `json:"endpoints"`
	Role      auth.Role `json:"role"` // of whoever asks
}

// projectDetail is a project with its definition, as in the project file.
type projectDetail struct {
	projectInfo
	Definition raw.Value           `json:"definition" definition:"project"`
	Broken     map[string][]string `json:"broken"` // endpoints that do not compile and are off the air
}

func (c *call) info(p *engine.Project) projectInfo {
	tables := p.Tables.Names()
	if tables == nil {
		tables = []string{}
	}
	return projectInfo{p.Name, p.Revision, p.Timezone, p.Language, p.Public, tables, len(p.AllEndpoints()), c.principal.RoleIn(p.Name)}
}

func (s *Server) projects(c *call, _ *none) (list[projectInfo], error) {
	schema := s.cfg.Catalog.Schema()
	items := []projectInfo{}
	for _, name := range sortedNames(schema.Projects) {
		if c.principal.RoleIn(name) != "" {
			items = append(items, c.info(schema.Projects[name]))
		}
	}
	return list[projectInfo]{items}, nil
}

func (s *Server) project(c *call, _ *none) (projectDetail, error) { return s.detail(c, c.project) }

func (s *Server) detail(c *call, p *engine.Project) (projectDetail, error) {
	d := projectDetail{projectInfo: c.info(p), Broken: map[string][]string{}}
	if g := s.generation.Load(); g.projects[p.Name] != nil {
		for name, problems := range g.projects[p.Name].broken {
			for _, problem := range problems {
				d.Broken[name] = append(d.Broken[name], problem.Error())
			}
		}
	}
	var err error
	d.Definition, err = rawOf(p)
	return d, err
}

// edited is the answer to every change of definitions.
type edited struct {
	Report *catalog.Report `json:"report"`
}

type createProjectIn struct {
	Name     string `json:"name"`
	Timezone string `json:"timezone"`
	Language string `json:"language"`
	Public   bool   `json:"public"`
}

func (s *Server) createProject(c *call, in *createProjectIn) (edited, error) {
	if s.cfg.Catalog.Schema().Project(in.Name) != nil {
		return edited{}, engine.Errorf(engine.Conflict, "There is a project named %s already.", in.Name)
	}
	p := &engine.Project{Name: in.Name, Timezone: in.Timezone, Language: in.Language, Public: in.Public}
	report, err := s.cfg.Catalog.Apply(c.ctx(), p, catalog.ApplyOptions{Secrets: secret.Listed(s.cfg.Env), Author: c.author()})
	return edited{report}, err
}

type patchProjectIn struct {
	changeOptions
	Settings raw.Value `json:"settings"` // a merge patch (RFC 7396) of timezone, language, public, defaults
}

// changeOptions are what every change of definitions takes in its query.
type changeOptions struct {
	DryRun     bool   `query:"dry_run" json:"-" doc:"say the difference, change nothing"`
	Yes        bool   `query:"yes" json:"-" doc:"also what loses records"`
	IfRevision *int64 `query:"if_revision" json:"-" doc:"refuse where the project has another revision"`
}

func (s *Server) patchProject(c *call, in *patchProjectIn) (edited, error) {
	if in.Settings.Get("defaults") != nil {
		if err := c.needScope(auth.Endpoints); err != nil {
			return edited{}, err
		}
	}
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		present, err := rawOf(&engine.Project{Name: p.Name, Timezone: p.Timezone, Language: p.Language, Public: p.Public, Defaults: p.Defaults})
		if err != nil {
			return err
		}
		decoded, problems := definition.DecodeProject(mergePatch(present, in.Settings))
		if problems != nil {
			return problems
		}
		if decoded.Name != p.Name || decoded.Tables.Len() > 0 || decoded.Endpoints.Len() > 0 {
			return engine.Errorf(engine.Invalid, "Settings are timezone, language, public and defaults.")
		}
		p.Timezone, p.Language, p.Public, p.Defaults = decoded.Timezone, decoded.Language, decoded.Public, decoded.Defaults
		return nil
	})
}

// author is who asks, for the audit log of definitions.
func (c *call) author() catalog.Author {
	return catalog.Author{Actor: c.principal.Actor(), Kind: string(c.principal.Kind), Address: c.q.Address()}
}

// edit changes the definitions of the call's project. Of what is there, change alters the named tables alone; it may replace the rest.
func (s *Server) edit(c *call, opt changeOptions, change func(*engine.Project) error, alters ...string) (edited, error) {
	options := catalog.EditOptions{DryRun: opt.DryRun, Yes: opt.Yes, IfRevision: opt.IfRevision,
		Secrets: secret.Listed(s.cfg.Env), Author: c.author(), Alters: append([]string{}, alters...)}
	if opt.Yes {
		if err := c.ownerOf(c.project.Name); err != nil {
			return edited{}, err
		}
	}
	report, err := s.cfg.Catalog.Edit(c.ctx(), c.project.Name, options, change)
	return edited{report}, err
}

type dropProjectIn struct {
	Confirm string `query:"confirm" doc:"the project's name once more"`
}

func (s *Server) dropProject(c *call, in *dropProjectIn) (none, error) {
	if in.Confirm != c.project.Name {
		return none{}, engine.Errorf(engine.Invalid, "Repeat the project's name as the parameter confirm.")
	}
	return none{}, s.cfg.Catalog.DropProject(c.ctx(), c.project.Name, catalog.DropOptions{Yes: true, Author: c.author()})
}

type exportIn struct {
	Format string `query:"format" doc:"yaml or json"`
	Expand bool   `query:"expand" doc:"write out the endpoints that crud makes"`
}

func (s *Server) exportProject(c *call, in *exportIn) (download, error) {
	text := definition.Print(c.project, in.Expand)
	if in.Format != "json" {
		return download{"application/yaml", c.project.Name + ".yaml", text}, nil
	}
	parsed, err := definition.Parse(c.project.Name+".yaml", text)
	if err != nil {
		return download{}, err
	}
	body, err := rawOf(parsed.Project)
	return download{"application/json", c.project.Name + ".json", body}, err
}

type applyIn struct {
	Source     string `json:"source"` // the project file, YAML or JSON
	DryRun     bool   `json:"dry_run"`
	Prune      bool   `json:"prune"`
	Yes        bool   `json:"yes"`
	IfRevision *int64 `json:"if_revision" doc:"refuse where the project has another revision; 0: where there is one"`
}

// apply makes what a project file names. Its rights depend on the file: an editor of the project, an editor of the instance where
// the project is new, an owner where records may be lost.
func (s *Server) apply(c *call, in *applyIn) (edited, error) {
	f, err := definition.Parse("project.yaml", []byte(in.Source))
	if err != nil {
		return edited{}, err
	}
	name, need := f.Project.Name, auth.Editor
	c.project = s.cfg.Catalog.Schema().Project(name)
	if in.Yes {
		need = auth.Owner
	}
	role := c.principal.RoleIn(name)
	if c.project == nil {
		role = c.principal.RoleIn("")
	}
	if !role.AtLeast(need) {
		return edited{}, engine.Errorf(engine.Forbidden, "This needs the role %s.", need)
	}
	if in.Prune || f.Project.Defaults != nil || len(f.Project.AllEndpoints()) > 0 {
		if err := c.needScope(auth.Endpoints); err != nil {
			return edited{}, err
		}
	}
	report, err := s.cfg.Catalog.Apply(c.ctx(), f.Project, catalog.ApplyOptions{
		DryRun: in.DryRun, Prune: in.Prune, Yes: in.Yes, IfRevision: in.IfRevision, Secrets: secret.Listed(s.cfg.Env), Author: c.author(),
	})
	if problems, ok := asProblems(err); ok {
		err = f.Err(problems)
	}
	return edited{report}, err
}
