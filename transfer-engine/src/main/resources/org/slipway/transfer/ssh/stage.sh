stage "$1"
end
