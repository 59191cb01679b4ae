package script

type guard struct{}
