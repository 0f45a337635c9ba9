stage
read -r go || exit 0
[ "$go" = go ] || exit 0
publish
end
